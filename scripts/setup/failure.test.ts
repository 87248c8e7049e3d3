import { describe, expect, it } from 'vitest'
import { createNpmListener, explainFailure } from './failure.mjs'

function listenTo(output: string, status: number): ReturnType<ReturnType<typeof createNpmListener>['verdict']> {
  const listener = createNpmListener()
  for (const line of output.split('\n')) listener.hear(line)
  return listener.verdict(status)
}

describe('what npm says', () => {
  it.each([
    ['npm 11', 'npm http fetch GET 200 https://a/b\nnpm error code ENOTFOUND\nnpm error network reason', 'ENOTFOUND'],
    ['npm 9', 'npm ERR! code EACCES\nnpm ERR! syscall mkdir', 'EACCES'],
    ['no code', 'npm error Exit handler never called!', ''],
  ])('gives its code: %s', (_, output, code) => {
    expect(listenTo(output, 1)?.code).toBe(code)
  })

  it('is a failure when the disk filled up, whatever npm ends with', () => {
    const output = 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write\nnpm http fetch GET 200 https://a/b'
    expect(listenTo(output, 0)?.code).toBe('ENOSPC')
  })

  it('is shown without npm\'s usage, and with where its log is', () => {
    const output = Array.from({ length: 40 }, (_, line) => `npm error line ${line}`).join('\n')
    const words = listenTo(`${output}\nnpm error A complete log of this run can be found in: /x`, 1)?.words.split('\n')
    expect(words).toHaveLength(7)
    expect(words?.at(-1)).toContain('/x')
  })

  it('is well when npm ends well', () => {
    expect(listenTo('npm warn EBADENGINE Unsupported engine {', 0)).toBeUndefined()
  })
})

describe('a failure in words', () => {
  it.each([
    ['EAI_AGAIN', /cannot be reached.*proxy/],
    ['ETIMEDOUT', /cannot be reached/],
    ['E503', /cannot be reached/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /certificate is not trusted/],
    ['ENOSPC', /disk is full.*\/checkout/],
    ['EROFS', /may not write to \/checkout/],
    ['EACCES', /may not write to \/checkout/],
    ['EBUSY', /in use.*Stop the node/],
    ['EINTEGRITY', /not the one that package-lock.json names/],
    ['EUSAGE', /do not agree/],
    ['E404', /does not give out/],
    ['', /could not install.*above/],
  ])('%s', (code, words) => {
    expect(explainFailure(code, '/checkout')).toMatch(words)
  })
})
