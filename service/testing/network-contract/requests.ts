import { describe, expect, it } from 'vitest'
import { DepinError } from '../../../contract/errors.ts'
import { answering, aRequest, gate, type Pair, thrown, type Who } from './pair.ts'

export function describeRequests(pair: Pair, who: Who): void {
  describe('a request', () => {
    it('is answered, and the handler knows who asks', async () => {
      const protocol = aRequest()
      answering(pair, who).handleRequest(protocol, async ({ text }, caller) => Promise.resolve({ text: text.toUpperCase(), from: caller.peerId }))
      expect(await pair.near.request(answering(pair, who).peerId, protocol, { text: 'hello' })).toEqual({ text: 'HELLO', from: pair.near.peerId })
    })

    it('is one of many at once', async () => {
      const protocol = aRequest()
      answering(pair, who).handleRequest(protocol, ({ text }) => ({ text, from: '' }))
      const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => pair.near.request(answering(pair, who).peerId, protocol, { text: `${index}` })))
      expect(answers.map(({ text }) => text)).toEqual(Array.from({ length: 30 }, (_, index) => `${index}`))
    })

    it('gets the error that the handler threw', async () => {
      const protocol = aRequest()
      answering(pair, who).handleRequest(protocol, () => { throw new DepinError('E_LEASE_STATE', 'The app sleeps.', { next: 'Wake it.', details: { state: 'suspended' } }) })
      expect(await thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: '' }))).toMatchObject({
        name: 'DepinError', code: 'E_LEASE_STATE', message: 'The app sleeps.', next: 'Wake it.', details: { state: 'suspended' },
      })
    })

    it('is told nothing of what went wrong inside', async () => {
      const protocol = aRequest()
      answering(pair, who).handleRequest(protocol, () => Promise.reject(new Error('the secret is in /root/secret')))
      const error = await thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: '' }))
      expect(error).toMatchObject({ code: 'E_INTERNAL' })
      expect(JSON.stringify(error) + String(error)).not.toContain('secret')
    })

    it('fails inside when the handler’s answer is not one', async () => {
      const protocol = aRequest()
      answering(pair, who).handleRequest(protocol, () => ({ text: 5 }) as never)
      expect(await thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: '' }))).toMatchObject({ code: 'E_INTERNAL' })
    })

    it('is not sent when it is not one', async () => {
      const protocol = aRequest({ maxBytes: 1000 })
      const error = await thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: 'x'.repeat(2000) }))
      expect(error).toMatchObject({ code: 'E_TOO_LARGE' })
      expect(await thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: 5 } as never))).toBeInstanceOf(Error)
    })

    it('does not take an answer that is too large', async () => {
      const protocol = aRequest({ maxBytes: 1000 })
      answering(pair, who).handleRequest(protocol, () => ({ text: 'x'.repeat(2000), from: '' }))
      expect(await thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: '' }))).toMatchObject({ code: 'E_TOO_LARGE' })
    })

    it('has a deadline, of which the handler hears as well', async () => {
      const protocol = aRequest({ deadlineMs: 150 })
      const heard = gate<unknown>()
      answering(pair, who).handleRequest(protocol, async (_, { signal }) => {
        signal.addEventListener('abort', () => heard.resolve(signal.reason), { once: true })
        return await new Promise<never>(() => undefined)
      })
      expect(await thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: '' }))).toMatchObject({ code: 'E_DEADLINE' })
      expect(await heard.promise).toBeInstanceOf(Error)
    })

    it('may be called off, of which the handler hears as well', async () => {
      const protocol = aRequest()
      const begun = gate()
      const heard = gate()
      answering(pair, who).handleRequest(protocol, async (_, { signal }) => {
        signal.addEventListener('abort', () => heard.resolve(), { once: true })
        begun.resolve()
        return await new Promise<never>(() => undefined)
      })
      const controller = new AbortController()
      const request = thrown(pair.near.request(answering(pair, who).peerId, protocol, { text: '' }, { signal: controller.signal }))
      await begun.promise
      const reason = new Error('changed my mind')
      controller.abort(reason)
      expect(await request).toBe(reason)
      await heard.promise
    })

    it('of a protocol that is not spoken is refused', async () => {
      expect(await thrown(pair.near.request(answering(pair, who).peerId, aRequest(), { text: '' }))).toMatchObject({ code: who === 'itself' ? 'E_PEER_UNREACHABLE' : 'E_REFUSED' })
    })
  })
}
