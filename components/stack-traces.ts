import { extname } from "node:path";

/**
 * The SDK takes a stack trace for every promise it makes, some thirty for each resource, and maps each of them to its own
 * TypeScript sources: a quarter of the time of a preview. A program whose types Node strips needs no such map, its lines
 * are what they are; the frames of the SDK then name its JavaScript files.
 */
export function keepStackTracesCheap(): void {
  if (extname(import.meta.url) === ".ts") Reflect.deleteProperty(Error, "prepareStackTrace");
}
