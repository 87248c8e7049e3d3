import type { WebSocket } from '@playwright/test'
import { expect, test } from './fixtures.ts'

/** Messages on the one connection, counted from the page's opening. */
class Traffic {
  sent: string[] = []
  received: string[] = []

  follow(socket: WebSocket): void {
    socket.on('framesent', ({ payload }) => void this.sent.push(String(payload)))
    socket.on('framereceived', ({ payload }) => void this.received.push(String(payload)))
  }

  reset(): void {
    this.sent = []
    this.received = []
  }
}

test('what changes is sent; nothing is asked for again and again', async ({ open, page, town }) => {
  const traffic = new Traffic()
  const sockets: WebSocket[] = []
  const requests: string[] = []
  page.on('websocket', (socket) => {
    sockets.push(socket)
    traffic.follow(socket)
  })
  const home = await open(town.host)
  // these computers listen for themselves alone, and say so; the doctor has been asked, too
  await expect(home.card('Health')).toContainText('It listens on this computer only')
  await expect(home.card('Health')).toContainText('Only you can read it')
  await expect(home.card('What you’re sharing')).toContainText('Nothing is rented')
  page.on('request', (request) => void requests.push(request.url()))

  // The figures of the room bars come by themselves every few seconds: they are the clock of this test.
  traffic.reset()
  const samples = (): number => traffic.received.filter((message) => message.includes('measured')).length
  await expect.poll(samples, { timeout: 30_000 }).toBeGreaterThanOrEqual(3)
  expect(sockets).toHaveLength(1)
  expect(requests).toEqual([])
  // One question at most: whether the service is still there.
  expect(traffic.sent.filter((message) => !message.includes('/node/status'))).toEqual([])
  expect(traffic.sent.length).toBeLessThanOrEqual(1)
  expect(traffic.received.length).toBeLessThanOrEqual(samples() + traffic.sent.length + 1)

  // A change made elsewhere arrives unasked.
  traffic.reset()
  await town.host.json('share', 'off')
  await expect(home.main).toContainText('Sharing is off')
  expect(traffic.sent.filter((message) => !message.includes('/node/status'))).toEqual([])
  await town.host.json('share', 'on')
  await expect(home.main).toContainText('Ready and waiting for a guest')
})
