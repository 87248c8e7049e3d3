import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A program of guard/ with all that it includes of that folder, as it is committed, whatever line ends a checkout has given it. */
export function guardSource(path: string): string {
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  return text.replace(/^#include "(.+)"$/gm, (_, name: string) => guardSource(join(dirname(path), name)))
}
