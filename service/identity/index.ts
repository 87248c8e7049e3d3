export * from './types.ts'
export { writeFileDurably } from './durable-file.ts'
export { inspectDataDir, openDataDir, type OpenDataDirOptions } from './data-dir.ts'
export { createSigner, idOf, parseRecord, recordHash, sha256, verifyRecord, verifySignature } from './records.ts'
