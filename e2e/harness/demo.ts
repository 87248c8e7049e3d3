import { makeTestImage, storeImage, type TestImage, webImage } from '../../service/testing/engine-images.ts'
import { until } from '../../service/testing/wait.ts'
import type { TestService } from './service.ts'
import { World } from './world.ts'

/** A small neighbourhood of real nodes on one engine: three computers that share, and one that runs apps on them. */
export interface Demo {
  /** The computer whose Home is shown; it also runs an app elsewhere. */
  home: TestService
  /** Whose apps are shown. */
  renter: TestService
  /** Everybody but the computer of Home goes away. */
  leave(): Promise<void>
  dispose(): Promise<void>
}

const site: TestImage = { ...webImage, ref: 'community/site:1' }
const store: TestImage = { ...storeImage, ref: 'community/store:1' }
const radio: TestImage = { ...webImage, ref: 'community/radio:1' }

export const siteFile = `name: village-site
x-depin:
  copies: 2
services:
  site:
    image: ${site.ref}
    command: [/bin/sh, -c, "exec httpd -f -vv -p 8080 -h /www 2>&1"]
    ports: ["8080:8080"]
    depends_on: [store]
    restart: always
    mem_limit: 128m
    cpus: 0.1
  store:
    image: ${store.ref}
    restart: always
    mem_limit: 64m
    cpus: 0.1
`
const radioFile = `name: radio-archive
services:
  radio:
    image: ${radio.ref}
    restart: always
    mem_limit: 64m
    cpus: 0.1
`

const hosts = [
  { label: 'study-pc', price: 'cpu=4,memory=2,disk=0.05', region: 'TZ' },
  { label: 'school-server', price: 'cpu=3.5,memory=2,disk=0.05', region: 'KE' },
  { label: 'workshop', price: 'cpu=5,memory=2.5,disk=0.06', region: 'PE' },
] as const

export async function startDemo(): Promise<Demo> {
  const world = await World.create()
  try {
    return await settle(world)
  } catch (error) {
    await world.dispose()
    throw error
  }
}

async function settle(world: World): Promise<Demo> {
  for (const image of [site, store, radio]) await makeTestImage(image, world.docker)
  const [home, ...others] = await startHosts(world)
  await home!.keepWords()
  const renter = await world.service({ bootstrap: [home!, ...others] })
  await renter.json('share', 'set', '--name', 'laptop')
  await renter.json('deploy', await world.file('radio.yaml', radioFile), '--provider', home!.peerId, '--wait')
  await renter.json('deploy', await world.file('site.yaml', siteFile), '--provider', home!.peerId, '--provider', others[0]!.peerId, '--wait')
  await visit(world, renter)
  return {
    home: home!, renter, dispose: () => world.dispose(),
    leave: async () => { for (const service of [...others, renter]) await service.stop() },
  }
}

async function startHosts(world: World): Promise<TestService[]> {
  const started: TestService[] = []
  for (const { label, price, region } of hosts) {
    const host = await world.service({ bootstrap: started.slice(0, 1), flags: ['--share'] })
    await host.json('share', 'set', '--cpu', '1', '--memory', '2g', '--disk', '12g', '--name', label, '--region', region, '--price', price,
      '--interval', '2s', '--prepaid', '30s', '--grace', '60s')
    // answers once guests are taken
    await host.json('share', 'on')
    started.push(host)
  }
  return started
}

/** A few people look at the site, so that its log has lines. */
async function visit(world: World, renter: TestService): Promise<void> {
  const forward = world.follow(renter, 'forward', 'village-site', 'site:8080', '--json')
  const { port } = JSON.parse(await until('the forward listens', () => forward.lines[0])) as { port: number }
  for (const path of ['/index.html', '/cgi-bin/count', '/large', '/cgi-bin/count', '/about.html', '/index.html', '/cgi-bin/count']) {
    await (await fetch(`http://127.0.0.1:${port}${path}`)).arrayBuffer()
  }
}
