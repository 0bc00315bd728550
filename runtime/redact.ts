const shown = "[secret]";

/** Returns a function that takes the given secrets, as they are and as they are commonly encoded, out of a text. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("hex"),
    ]);
  // Longest first: a form that contains another must not be left half shown.
  const unique = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => unique.reduce((rest, form) => rest.split(form).join(shown), text);
}
