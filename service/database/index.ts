export * from './types.ts'
export { openDatabase, type OpenDatabaseOptions } from './open.ts'
export { getMeta, setMeta } from './meta.ts'
export { asBlob, asInt, asNullableInt, flag, jsonColumn } from './columns.ts'
