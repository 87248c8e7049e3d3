import { afterEach, describe, expect, it } from 'vitest'
import type { Replica } from '../../contract/nouns/deployment.ts'
import { bundleOf, Testnet } from '../testing/testnet.ts'
import { until } from '../testing/wait.ts'

let net: Testnet | undefined
afterEach(async () => {
  await net?.[Symbol.asyncDispose]()
  net = undefined
})

describe('an app of which one service ends again and again', () => {
  it('is said to, with its last words, is paid for while the other runs', async () => {
    net = await Testnet.start({ nodes: 2 })
    const { tenant, nodes: [host] } = net
    await until('they know each other', () => tenant.node.network.connectedPeers().length > 0)
    const copy = (): Replica => tenant.node.deployments.get('site').replicas[0]!
    host!.daemon.publish({ ref: 'bad:1', program: { prints: ['failed switching to "redis": operation not permitted'], exits: { code: 4, afterMs: 50 } } })
    const services = 'bad: { image: "bad:1", restart: always }\n  good: { image: "web:1", restart: always }'
    await tenant.node.deployments.create(bundleOf(`services:\n  ${services}\n`), { name: 'site' })
    const reason = await until('its renter knows why', () => copy().state === 'restarting' && copy().reason?.detail?.includes('said last') === true ? copy().reason : null)
    expect(reason).toMatchObject({ code: 'app-exited', detail: expect.stringMatching(/^bad ended with code 4.* It said last: failed switching to "redis": operation not permitted$/) as string })
    expect(tenant.node.deployments.get('site').state).not.toBe('running')
    expect(copy().trouble).toBeNull()
    const runMs = () => host!.node.metering.read(copy().leaseId!, 'provider').runMs
    const before = runMs()
    await until('it waits for its next start', () => copy().services.some(({ service, state }) => service === 'bad' && state === 'restarting'))
    await until('its time is counted all the same', () => runMs() > before + 100)
    expect(copy().services.find(({ service }) => service === 'bad')?.state).toBe('restarting')
  })
})
