import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { composeDocPath, renderComposeDoc } from './compose-docs.ts'

test('docs/COMPOSE.md says what the support table says; if not, run scripts/compose-docs.ts', () => {
  expect(readFileSync(composeDocPath, 'utf8')).toBe(renderComposeDoc())
})
