import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { expect, test as base } from './fixtures.ts'

/** A web page of somebody else, at `http://127.0.0.1:PORT`: the nearest an attacker comes to the dashboard's own origin. */
const test = base.extend<{ stranger: Page }>({
  // What a browser forbids, it says on the console.
  expectedTrouble: /./,
  stranger: async ({ page }, use) => {
    const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<title>elsewhere</title>')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await use(page)
    server.closeAllConnections()
    server.close()
  },
})

test('a page of another origin cannot call the API, even with the code', async ({ stranger, town }) => {
  const { origin, token } = addressOf(town.host.ready!.dashboard)
  const answers = await stranger.evaluate(async ({ url, code }) => {
    const ask = (init: RequestInit): Promise<string> => fetch(url, { method: 'POST', body: '{}', ...init }).then(({ type }) => type, () => 'refused')
    return [
      await ask({}),
      await ask({ headers: { 'authorization': `Bearer ${code}`, 'content-type': 'application/json' } }),
      await ask({ mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
    ]
  }, { url: `${origin}/api/rpc/node/status`, code: token })
  expect(answers.slice(0, 2)).toEqual(['refused', 'refused'])
  // What may be sent blindly cannot be read, and by the status nothing was done.
  expect(answers[2]).toMatch(/opaque|refused/)
})

test('nor open a WebSocket, with the code or without', async ({ stranger, town }) => {
  const { origin, token } = addressOf(town.host.ready!.dashboard)
  const ends = await stranger.evaluate(async ({ url, code }) => {
    const attempt = (protocols: string[]): Promise<string> => new Promise((resolve) => {
      const socket = new WebSocket(url, protocols)
      socket.onopen = () => resolve('opened')
      socket.onclose = ({ code: reason }) => resolve(`closed ${reason}`)
    })
    return [await attempt(['depin']), await attempt(['depin', `token.${code}`]), await attempt([])]
  }, { url: `${origin.replace('http', 'ws')}/api/ws`, code: token })
  expect(ends).toEqual(['closed 1006', 'closed 1006', 'closed 1006'])
})

test('nor frame the dashboard, nor take its scripts as its own', async ({ stranger, town }) => {
  const { origin } = addressOf(town.host.ready!.dashboard)
  const loaded = await stranger.evaluate(async (url) => {
    const frame = document.createElement('iframe')
    frame.src = url
    document.body.append(frame)
    await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
    const picture = await new Promise((resolve) => {
      const script = document.createElement('script')
      script.src = `${url}/`
      script.onload = () => resolve('loaded')
      script.onerror = () => resolve('refused')
      document.body.append(script)
    })
    return picture
  }, origin)
  expect(loaded).toBe('refused')
  const framed = stranger.frames().find((frame) => frame !== stranger.mainFrame())
  expect(await framed?.locator('#root').count() ?? 0).toBe(0)
})

test('a name that leads here by DNS alone is refused', async ({ page, town }) => {
  const { origin, token } = addressOf(town.host.ready!.dashboard)
  const answer = await page.goto(`${origin.replace('127.0.0.1', 'rebound.test')}/#token=${token}`)
  expect(answer?.status()).toBe(403)
  const direct = await page.evaluate((code) => fetch('/api/rpc/node/status', { method: 'POST', body: '{}', headers: { 'authorization': `Bearer ${code}`, 'content-type': 'application/json' } }).then(({ status }) => status), token)
  expect(direct).toBe(403)
})

test('by its own page but without the code, the API answers nobody', async ({ page, town }) => {
  const { origin, token } = addressOf(town.host.ready!.dashboard)
  const answer = await page.goto(origin)
  const policy = answer?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/script-src[^;]*(unsafe|http|\*)/)
  const statuses = await page.evaluate(async (code) => {
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await fetch('/api/rpc/node/status', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', ...headers } })).status
    return [await ask({}), await ask({ authorization: `Bearer ${'x'.repeat(43)}` }), await ask({ authorization: `Bearer ${code}` })]
  }, token)
  expect(statuses).toEqual([401, 401, 200])
})

function addressOf(dashboard: string): { origin: string, token: string } {
  const { origin, hash } = new URL(dashboard)
  return { origin, token: new URLSearchParams(hash.slice(1)).get('token')! }
}
