/** The official compose-spec schema, and what it has to say in plain sentences about a file. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
// The package keeps the specification's schema up to date; it does not export the file, hence the path.
import schema from '../../../../node_modules/dclint/schemas/compose.schema.json' with { type: 'json' }
import { bounds } from '../limits.ts'
import type { Notes } from '../notes.ts'
import { type Field, get, itemAt, type Mapping, rootField, toPlain } from '../tree.ts'
import { sentence, typesOf } from './sentences.ts'

export const composeSchema = schema

const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, validateSchema: false, logger: false })
// Compose drops repeated items before it looks at the schema; comparing all with all would also take time squared.
ajv.removeKeyword('uniqueItems')
ajv.addKeyword({ keyword: 'uniqueItems' })
let compiled: ValidateFunction | undefined

/** True when the file has the shape of a compose file; otherwise `notes` says what has not. */
export function checkSchema(file: Mapping, notes: Notes): boolean {
  // Compiling takes a tenth of a second: not while the service starts.
  const validate = compiled ??= ajv.compile(schema)
  if (validate(toPlain(file))) return true
  const root = rootField(file)
  for (const error of mattering(validate.errors ?? []).slice(0, bounds.notes)) {
    const about = locate(root, error)
    notes.error(about, sentence(error, about.key))
  }
  return false
}

/**
 * Of the errors inside a choice of forms (`oneOf`) keeps those about the form that was meant: the one whose kind of
 * value fits. When none fits, all that is wrong is the kind, and one error says which kinds there are.
 */
function mattering(errors: readonly ErrorObject[]): ErrorObject[] {
  const kept: ErrorObject[] = []
  for (const error of errors) {
    if (error.keyword !== 'oneOf') {
      kept.push(error)
      continue
    }
    const firstInside = kept.findLastIndex((one) => !isWithin(one, error)) + 1
    const inside = kept.splice(firstInside)
    const meant = inside.filter((one) => one.instancePath !== error.instancePath || one.keyword !== 'type')
    if (meant.length > 0) kept.push(...meant)
    else kept.push({ ...error, keyword: 'type', params: { type: inside.flatMap((one) => typesOf(one)) } })
  }
  return kept
}

function isWithin(inner: ErrorObject, outer: ErrorObject): boolean {
  return inner.instancePath === outer.instancePath || inner.instancePath.startsWith(`${outer.instancePath}/`)
}

/** The value an error is about, and for an unknown key that key. */
function locate(root: Field, error: ErrorObject): Field {
  let field = root
  for (const step of error.instancePath.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    field = get(field, name) ?? itemAt(field, Number(name)) ?? field
  }
  const { additionalProperty } = error.params as { additionalProperty?: string }
  return additionalProperty === undefined ? field : get(field, additionalProperty) ?? field
}
