export function keepCompiled(): void;
export function compiledFolder(purpose?: string): string;
