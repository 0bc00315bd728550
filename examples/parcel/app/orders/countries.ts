export const countries: Record<string, string> = {
  AT: "Austria",
  BE: "Belgium",
  CZ: "Czechia",
  DE: "Germany",
  DK: "Denmark",
  ES: "Spain",
  FR: "France",
  IT: "Italy",
  NL: "Netherlands",
  PL: "Poland",
  PT: "Portugal",
  SE: "Sweden",
};
