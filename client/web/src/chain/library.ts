// What is loaded late, as one module: the chain library and everything that needs it.

export * from "./connection";
export * from "./transactions";
