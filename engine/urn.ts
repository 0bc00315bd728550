export const rootStackType = "pulumi:pulumi:Stack";

export function createUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const above = parent === "" ? "" : qualifiedType(parent);
  const qualified = above === "" || above === rootStackType ? type : `${above}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

export function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}

export function typeOf(urn: string): string {
  const types = qualifiedType(urn);
  return types.slice(types.lastIndexOf("$") + 1);
}

export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A provider reference is `URN::ID`. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

export function isProviderType(type: string): boolean {
  return type.startsWith("pulumi:providers:");
}

/** Providers nobody wrote in the program; they are made on first use and not counted. */
export function isDefaultProvider(urn: string): boolean {
  return isProviderType(typeOf(urn)) && nameOf(urn).startsWith("default");
}
