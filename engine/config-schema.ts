import { configKey, hasSecure } from "./configuration.ts";
import { isObject, sortedByKey, type PropertyMap, type PropertyValue } from "./property-value.ts";
import { UserError } from "./user-error.ts";
import type { Project } from "./workspace.ts";

/** What `Pulumi.yaml` says of a configuration value, where it does not just give one. */
interface Declaration {
  type?: string;
  items?: { type?: string };
  default?: PropertyValue;
  value?: PropertyValue;
  secret?: boolean;
}

export function isDeclaration(value: unknown): value is Declaration {
  return isObject(value) && ["type", "items", "default", "value", "secret", "description"].some((key) => key in value);
}

/** Holds the configuration against the types that the project declares. */
export function validateConfiguration(project: Project, stack: string, configuration: PropertyMap): void {
  const where = `validating stack config: Stack '${stack}'`;
  const declarations = Object.entries(sortedByKey(project.config)).flatMap(([name, declared]) =>
    isDeclaration(declared) ? [{ name, declared, value: configuration[configKey(name, project.name)] }] : [],
  );
  for (const { name, declared, value } of declarations) {
    if (value === undefined || hasSecure(value) || (!declared.secret && fits(value, declared))) continue;
    const { type, items } = declared;
    const wanted = `of type '${type === "array" ? `array<${items?.type ?? ""}>` : type}'`;
    const must = declared.secret ? "encrypted as it's secret" : wanted;
    throw new UserError(`${where} with configuration key '${name}' must be ${must}`);
  }
  const missing = declarations.filter(({ declared, value }) => declared.type && value === undefined);
  if (missing.length === 0) return;
  // British: no comma in front of "and".
  const list = new Intl.ListFormat("en-GB").format(missing.map(({ name }) => `'${name}'`));
  throw new UserError(`${where} is missing configuration value${missing.length > 1 ? "s" : ""} ${list}`);
}

function fits(value: PropertyValue, { type = "", items = {} }: Declaration): boolean {
  const tests: Record<string, () => boolean> = {
    string: () => typeof value !== "object",
    integer: () => Number.isInteger(typeof value === "string" && value.trim() !== "" ? Number(value) : value),
    boolean: () => typeof value === "boolean" || value === "true" || value === "false",
    array: () => Array.isArray(value) && value.every((item) => fits(item, items)),
    object: () => isObject(value),
  };
  return tests[type]?.() ?? true;
}
