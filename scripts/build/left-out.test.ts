import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { leaveOut } from './left-out.ts'

async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({ stdin: { contents: code }, bundle: true, write: false, format: 'cjs', platform: 'node', plugins: [leaveOut] })
  return outputFiles[0]?.text ?? ''
}

async function evaluate(code: string): Promise<unknown> {
  const { runInNewContext } = await import('node:vm')
  return runInNewContext(await bundle(code), { module: { exports: {} }, exports: {} })
}

describe('a package that is left out', () => {
  it('loads as if it were there', async () => {
    await expect(evaluate('const { Client } = require("ssh2"); const grpc = require("@grpc/grpc-js"); typeof Client + typeof grpc.Server')).resolves.toBe('functionfunction')
  })

  it.each(['new (require("ssh2").Client)()', 'require("ssh2").utils()', 'require("ssh2").utils.parseKey()'])('says why when it is used: %s', async (code) => {
    await expect(evaluate(code)).rejects.toThrow('ssh:// are not supported')
  })

  it('brings nothing of itself along', async () => {
    expect((await bundle('require("ssh2")')).length).toBeLessThan(1500)
  })
})
