import { findFile, mostFileBytes, readContent, removeFile, storeFile } from "../../files/files.ts";
import { download, json, problem } from "../answers.ts";
import { signedIn } from "../signed-in.ts";
import type { Answer, Visit } from "../visit.ts";

export async function uploadFile(visit: Visit): Promise<Answer> {
  const { file } = visit.fields;
  if (!(file instanceof File)) return problem(visit, 422, "The field `file` holds no file.");
  if (file.size > mostFileBytes) return problem(visit, 413, `The file is larger than ${mostFileBytes} bytes.`);
  const about = { name: plainName(file.name), type: plainType(file.type), owner: signedIn(visit).email };
  const { id, digest } = storeFile(visit.app.configuration, about, Buffer.from(await file.text()));
  const url = `/api/files/${id}`;
  const { headers, ...answer } = json(201, { id, url, digest });
  return { ...answer, headers: { ...headers, location: url } };
}

export function downloadFile(visit: Visit): Answer {
  const { configuration } = visit.app;
  const file = findFile(configuration, signedIn(visit).email, visit.params[0] ?? "");
  if (!file) return problem(visit, 404, "There is no such file.");
  return download(file.name, file.type, readContent(configuration, file));
}

export function deleteFile(visit: Visit): Answer {
  const { configuration } = visit.app;
  const file = findFile(configuration, signedIn(visit).email, visit.params[0] ?? "");
  if (!file) return problem(visit, 404, "There is no such file.");
  removeFile(configuration, file);
  return { status: 204, headers: {}, body: "" };
}

/** A name that can stand between the quotes of a header. */
function plainName(name: string): string {
  return name.replaceAll(/[^\w .-]/g, "_").slice(-80) || "file";
}

function plainType(type: string): string {
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : "application/octet-stream";
}
