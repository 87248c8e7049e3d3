import { World } from '../../e2e/harness/world.ts'
import type { TestService } from '../../e2e/harness/service.ts'

/** A host and a tenant that knows it: two built services, each with a data directory of its own, on one engine. */
export interface Pair extends AsyncDisposable {
  world: World
  provider: TestService
  tenant: TestService
}

export async function createPair(): Promise<Pair> {
  const world = await World.create()
  const dispose = (): Promise<void> => world.dispose()
  try {
    const provider = await world.service()
    await provider.json('share', 'set', '--cpu', '1', '--memory', '512m', '--disk', '2g', '--price', 'egress=0', '--name', 'host')
    await provider.json('share', 'on')
    const tenant = await world.service({ bootstrap: [provider] })
    return { world, provider, tenant, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
