export const rootStackType = "pulumi:pulumi:Stack";

export function createUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const above = qualifiedType(parent);
  const qualified = above === "" || above === rootStackType ? type : `${above}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

export const qualifiedType = (urn: string): string => urn.split("::")[2] ?? "";
export const typeOf = (urn: string): string => qualifiedType(urn).replace(/^.*\$/, "");
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** A provider reference is `URN::ID`. */
export const providerUrn = (reference: string): string => reference.slice(0, reference.lastIndexOf("::"));
export const isProviderType = (type: string): boolean => type.startsWith("pulumi:providers:");

/** Providers nobody wrote in the program; they are made on first use and not counted. */
export const isDefaultProvider = (urn: string): boolean =>
  isProviderType(typeOf(urn)) && nameOf(urn).startsWith("default");
