export const services = {
  standard: "Standard, 3 to 5 days",
  express: "Express, 2 days",
  overnight: "Overnight",
} as const;

export type Service = keyof typeof services;

export function isService(value: unknown): value is Service {
  return typeof value === "string" && Object.hasOwn(services, value);
}
