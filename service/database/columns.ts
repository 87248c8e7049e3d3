import * as z from 'zod'

/** SQLite integers arrive as bigint; these turn them into what the row means. */
export const asInt = z.bigint().transform((value, context) => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) context.addIssue('not a safe integer')
  return number
})
export const asNullableInt = asInt.nullable()
export const flag = z.bigint().transform((value) => value !== 0n)
export const asBlob = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'not a blob')

/** A column that holds JSON of this shape. */
export function jsonColumn<Shape extends z.ZodType>(shape: Shape) {
  return z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('not JSON')
      return z.NEVER
    }
  }).pipe(shape)
}
