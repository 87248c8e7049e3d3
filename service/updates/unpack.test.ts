import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { statementOf } from '../../release/testing/release.ts'
import { makeInstall, newVersion, oldVersion, packVersion, removeInstall, type TestInstall } from '../testing/update-install.ts'
import { layoutOf } from './layout.ts'
import { unpack } from './unpack.ts'

let install: TestInstall
beforeEach(() => { install = makeInstall() })
afterEach(() => {
  vi.unstubAllEnvs()
  removeInstall(install)
})

const versions = (): string[] => readdirSync(join(install.root, 'versions')).toSorted()
async function open(content: Buffer, version = newVersion): Promise<void> {
  const path = join(install.root, 'package.tar.gz')
  writeFileSync(path, content)
  await unpack(layoutOf(install.root), path, statementOf(content, { version }))
}

describe('a package', () => {
  it('becomes a whole version beside the others, in the place of what an earlier try left', async () => {
    mkdirSync(join(install.root, 'versions', newVersion))
    await open(packVersion(newVersion))
    expect([versions(), readdirSync(join(install.root, 'versions', newVersion)).toSorted()]).toEqual([[oldVersion, newVersion], ['bin', 'install.json', 'last']])
  })

  it.each<[string, string, () => Promise<void>]>([
    ['of another version than was signed', 'mixed', () => open(packVersion('1.2.0'))],
    ['that is no archive', 'install-failed', () => open(gzipSync(Buffer.alloc(2_000_000, 1)))],
    ['that ends in the middle', 'install-failed', () => open(packVersion(newVersion).subarray(0, 100))],
    ['on a computer without tar', 'install-failed', async () => {
      const content = packVersion(newVersion)
      vi.stubEnv('PATH', install.root)
      await open(content)
    }],
  ])('%s is refused, and leaves nothing: %s', async (_, reason, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'E_UPDATE', details: { reason } })
    expect(versions()).toEqual([oldVersion])
  })
})
