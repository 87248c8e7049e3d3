import { type BrowserContext, expect, type Page, type Request, test as base } from '@playwright/test'
import { TestService } from '../harness/service.ts'
import { testDocker } from '../../service/testing/engine-images.ts'
import { removeAllOf, World } from '../harness/world.ts'
import { Dashboard } from './models/dashboard.ts'

export { expect }

/** One computer that shares and one that rents, connected, on a real engine. Started once for all specs. */
export interface Town {
  world: World
  host: TestService
  renter: TestService
}

export const hostLabel = 'study-pc'
export const renterLabel = 'laptop'

/** What a guest brings within seconds is enough to be seen, and a busy machine does not pay late. */
const terms = ['--interval', '1s', '--prepaid', '20s', '--grace', '30s', '--price', 'cpu=20,memory=4,disk=0.2']

interface PerTest {
  /** Console messages that this very test brings about. */
  expectedTrouble: RegExp | null
  /** Fails a test whose page logs an error or a warning, breaks its content policy, or asks anything of another place. */
  noTrouble: undefined
  /** A service of this test alone, whose owner has decided about sharing: the dashboard begins with Home. */
  start: (...flags: string[]) => Promise<TestService>
  /** The same as nobody has touched it: the dashboard begins with Setup. */
  startFresh: (...flags: string[]) => Promise<TestService>
  /** The dashboard of a service, signed in by the address that it printed. */
  open: (service: TestService, path?: string) => Promise<Dashboard>
}

export const test = base.extend<PerTest, { town: Town }>({
  town: [async ({}, use) => {
    const world = await World.create()
    try {
      const host = await world.provider({ label: hostLabel })
      await host.json('share', 'set', ...terms)
      await host.keepWords()
      const renter = await world.service({ bootstrap: [host] })
      await renter.json('share', 'set', '--name', renterLabel)
      await use({ world, host, renter })
    } finally {
      await world.dispose()
    }
  }, { scope: 'worker', timeout: 60_000 }],

  expectedTrouble: [null, { option: true }],
  noTrouble: [async ({ context, expectedTrouble }, use) => {
    const trouble = watchForTrouble(context)
    await use(undefined)
    const unexpected = trouble.filter((line) => expectedTrouble?.test(line) !== true)
    if (unexpected.length > 0) throw new Error(`The page was not quiet:\n${unexpected.join('\n')}`)
  }, { auto: true }],

  start: async ({ startFresh }, use) => use(async (...flags) => {
    const service = await startFresh(...flags)
    await service.json('share', 'set', '--price', 'cpu=2.5')
    return service
  }),

  startFresh: async ({ context }, use) => {
    const services: TestService[] = []
    await use(async (...flags) => {
      const service = await TestService.create()
      services.push(service)
      await service.start(...flags)
      return service
    })
    // a page that outlives its service looks for it, and says so
    for (const page of context.pages()) await page.close()
    for (const service of services) {
      await service.kill()
      // a pod that waits for a lease is one of them
      if (service.ready !== undefined) await removeAllOf(testDocker(), service.peerId)
      await service.dispose()
    }
  },

  open: async ({ page }, use) => use((service, path) => openDashboard(page, service, path)),
})

export async function openDashboard(page: Page, service: TestService, path = '/'): Promise<Dashboard> {
  await load(page, service.ready!.dashboard)
  const dashboard = new Dashboard(page)
  await dashboard.ready()
  if (path !== '/') await page.goto(new URL(`#${path}`, service.ready!.dashboard).href)
  return dashboard
}

/** Chromium drops what it is loading when a network comes or goes, as those of containers do: a person would load it again. */
const networkChanged = 'net::ERR_NETWORK_CHANGED'

/** Opens an address; resolves when its page is there. */
export async function load(page: Page, url: string): Promise<void> {
  const dropped: string[] = []
  const onFailed = (request: Request): void => {
    if (request.failure()?.errorText === networkChanged) dropped.push(request.url())
  }
  page.on('requestfailed', onFailed)
  let open = (): Promise<unknown> => page.goto(url)
  do {
    dropped.length = 0
    await open().catch((error: unknown) => {
      if (!String(error).includes(networkChanged)) throw error
      dropped.push(url)
    })
    await expect.poll(async () => dropped.length > 0 || await page.locator('#root > *').count() > 0, { intervals: [25] }).toBe(true)
    open = () => page.reload()
  } while (dropped.length > 0)
  page.off('requestfailed', onFailed)
}

function watchForTrouble(context: BrowserContext): string[] {
  const trouble: string[] = []
  context.on('console', (message) => {
    if (message.text().includes(networkChanged)) return
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(`${message.type()}: ${message.text()}`)
  })
  context.on('weberror', (error) => void trouble.push(`uncaught: ${String(error.error())}`))
  context.on('request', (request) => {
    if (leavesItsOrigin(request)) trouble.push(`asked of another place: ${request.url()}`)
  })
  return trouble
}

function leavesItsOrigin(request: Request): boolean {
  if (request.isNavigationRequest() || request.url().startsWith('data:')) return false
  return new URL(request.url()).origin !== new URL(request.frame().url()).origin
}

/** Gives an order as somebody else would, while the page looks on: with the page's own code, at its own address. */
export async function callApi(page: Page, procedure: string, input: unknown): Promise<void> {
  const status = await page.evaluate(async ({ url, body }) => {
    return (await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', 'authorization': `Bearer ${sessionStorage.getItem('depin.token')}` } })).status
  }, { url: `/api/rpc/${procedure}`, body: JSON.stringify({ json: input }) })
  expect(status, procedure).toBe(200)
}
