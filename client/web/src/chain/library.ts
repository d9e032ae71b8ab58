// The modules that need the chain library, as one module that is loaded late.

export * from "./connection";
export * from "./remark";
export * from "./transactions";
