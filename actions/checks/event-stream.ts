/** Reads an event stream as it comes, in pieces cut anywhere. */
export interface EventReader {
  /** Returns the names of the events that are whole now, in their order; `message` is the name of those without. */
  readonly read: (piece: Uint8Array) => string[];
}

/** No event that anybody means is longer, and a line without an end must not fill the memory. */
const longestLine = 256 * 1024;

/** A new reader (the HTML standard, section 9.2.6). Errors: a line of more than 256,000 characters. */
export function newEventReader(): EventReader {
  const decoder = new TextDecoder();
  let rest = "";
  let name = "";
  let hasData = false;
  const takeLine = (line: string): string[] => {
    if (line === "") {
      const events = hasData ? [name === "" ? "message" : name] : [];
      [name, hasData] = ["", false];
      return events;
    }
    const [field = "", value = ""] = line.split(/:(.*)/s);
    if (field === "event") name = value.replace(/^ /, "");
    if (field === "data") hasData = true;
    return [];
  };
  return {
    read: (piece) => {
      rest += decoder.decode(piece, { stream: true });
      // A carriage return at the end may be the first half of a line's end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      if (rest.length > longestLine) throw new Error("a line of the stream has no end");
      return lines.flatMap(takeLine);
    },
  };
}
