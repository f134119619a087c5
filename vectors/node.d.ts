// The little of Node that check.ts uses; its own types are a package for this alone.
declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string;
}
declare module "node:crypto" {
  interface Hash {
    update(data: ArrayBufferView): Hash;
    digest(): Uint8Array<ArrayBuffer>;
  }
  export function createHash(name: string): Hash;
}
declare const process: { readonly argv: readonly string[]; readonly stdout: { write(text: string): void } };
