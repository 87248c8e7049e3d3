import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { appId } from './app-id.ts'

const builder = parse(readFileSync(join(import.meta.dirname, '../electron-builder.yml'), 'utf8')) as { appId: string, artifactName: string }

it('the app has the name that its installer gives it', () => {
  expect(builder.appId).toBe(appId)
})

it('a package has no version in its file’s name: an update would give an AppImage another name, and what starts it would be gone', () => {
  expect(builder.artifactName).not.toContain('version')
})
