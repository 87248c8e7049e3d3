import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GuardedNetwork, net, policyFor, ports, type RunningGuard } from '../../testing/guarded.ts'
import { type NameRecord, NameServer, question, readAnswer } from '../../testing/name-server.ts'
import { until } from '../../testing/wait.ts'
import { decodeAttributes, decodeMessages, eachAttribute } from './netlink.ts'
import type { NetworkPolicy } from './policy.ts'
import { elementMessage, emptySet, listElements, transaction } from './table.ts'

const api = 'api.example.org'
const resolver = net.gateway
/** At the address of a machine that is not there. */
const silent = '11.77.5.201'

describe('names in tier domains', () => {
  const network = new GuardedNetwork()
  const guards: RunningGuard[] = []
  let server: NameServer

  beforeAll(async () => {
    await network.open()
    server = await NameServer.open(resolver)
  })
  afterEach(async () => {
    for (const { id, channel } of guards.splice(0)) {
      channel[Symbol.dispose]()
      await network.docker.getContainer(id).remove({ force: true })
    }
  })
  afterAll(async () => {
    server.close()
    await network.close()
  })

  async function guarded(change: Partial<Extract<NetworkPolicy['egress'], { tier: 'domains' }>> = {}): Promise<RunningGuard> {
    const guard = await network.startGuard(policyFor({ tier: 'domains', names: [api], resolvers: [resolver], ...change }))
    guards.push(guard)
    return guard
  }

  /** What a program prints that is in the namespace. */
  async function inNamespace({ id }: RunningGuard, script: string, ...words: string[]): Promise<string> {
    const program = ['-t', String(await network.processOf(id)), '-n', process.execPath, '-e', script, ...words]
    return (await promisify(execFile)('nsenter', program, { maxBuffer: 1 << 24 })).stdout
  }

  /** What the guard answers to whoever is in its namespace, in the order of the answers; `repeat` sends each so often. */
  async function askRaw(guard: RunningGuard, questions: readonly Buffer[], { repeat = 1, quietMs = 300, patienceMs = 8000 } = {}): Promise<Buffer[]> {
    const script = `
      const socket = require('node:dgram').createSocket('udp4')
      const quiet = () => setTimeout(() => socket.close(), ${quietMs})
      let end = setTimeout(() => socket.close(), ${patienceMs})
      socket.on('message', (answer) => { console.log(answer.toString('hex')); if (${repeat} === 1) { clearTimeout(end); end = quiet() } })
      for (let at = 0; at < ${repeat}; at++) for (const text of process.argv.slice(1)) socket.send(Buffer.from(text, 'hex'), 53, '127.0.0.1')`
    const stdout = await inNamespace(guard, script, ...questions.map((each) => each.toString('hex')))
    return stdout.split('\n').filter((line) => line !== '').map((line) => Buffer.from(line, 'hex'))
  }

  async function ask(guard: RunningGuard, name: string, type = 1): Promise<ReturnType<typeof readAnswer>> {
    const [answer] = await askRaw(guard, [question(name, type)])
    if (answer === undefined) throw new Error(`the guard does not answer for ${name}`)
    return readAnswer(answer)
  }
  const isSilent = async (guard: RunningGuard): Promise<boolean> => (await askRaw(guard, [question(api)], { patienceMs: 1000 })).length === 0

  /** What is open now, and for how many seconds more. */
  async function opened({ channel }: RunningGuard): Promise<Map<string, number>> {
    const answers = await channel.apply({ kind: 'firewall', messages: [listElements('named')] })
    return new Map(decodeMessages(answers).filter(({ type }) => type === elementMessage).flatMap(({ body }) => (
      eachAttribute(decodeAttributes(body.subarray(4)).get(3) ?? new Uint8Array()).map((element) => {
        const entry = decodeAttributes(element)
        // NFTA_SET_ELEM_KEY { NFTA_DATA_VALUE }, NFTA_SET_ELEM_EXPIRATION
        const address = decodeAttributes(entry.get(1) ?? new Uint8Array()).get(1)?.join('.') ?? ''
        return [address, Number(Buffer.from(entry.get(5) ?? Buffer.alloc(8)).readBigUInt64BE()) / 1000] as const
      })
    )))
  }

  const tellRecords = (...records: NameRecord[]): void => server.tell(() => ({ records }))

  it('lead to the app’s own names, once they were asked for, and to nothing else', async () => {
    const guard = await guarded()
    tellRecords({ a: net.outside })
    expect(await network.reached(guard.id, [[net.outside, 80]])).toEqual([])
    expect(await network.run(guard.id, `nslookup -type=a ${api}`)).toContain(net.outside)
    expect(await network.reached(guard.id, [[net.outside, 80], [net.outside, 25]])).toEqual([`${net.outside} 80`])
    expect(server.asked).toContainEqual({ name: api, type: 1 })

    server.tell(() => ({ records: [{ a: net.outside }] }))
    for (const name of ['secret.example.org', 'example.org', `x.${api}`, `x${api}`, 'org']) expect(await ask(guard, name), name).toEqual({ code: 3, addresses: [], ttls: [] })
    await network.run(guard.id, `nslookup -type=a secret.data.example.net; nslookup -type=a secret.example.net ${resolver}; true`)
    expect(server.asked).toEqual([])
    expect((await guard.channel.counters()).unnamed.packets).toBeGreaterThanOrEqual(6)
  })

  it('are told whatever letters they are asked in, and have no IPv6, text or mail', async () => {
    const guard = await guarded()
    tellRecords({ a: net.outside })
    expect(await ask(guard, 'API.Example.ORG')).toMatchObject({ addresses: [net.outside] })
    server.tell(() => ({ records: [{ a: net.outside }] }))
    for (const type of [28, 16, 15, 65, 255, 33]) expect(await ask(guard, api, type), String(type)).toEqual({ code: 0, addresses: [], ttls: [] })
    expect(server.asked).toEqual([])
  })

  it('may stand for all below one', async () => {
    const guard = await guarded({ names: ['*.example.org'] })
    tellRecords({ a: net.outside })
    for (const name of ['a.example.org', 'b.a.example.org']) expect(await ask(guard, name), name).toMatchObject({ addresses: [net.outside] })
    for (const name of ['example.org', 'aexample.org', 'example.org.evil.test']) expect(await ask(guard, name), name).toMatchObject({ code: 3 })
  })

  it('may have another address each time, and each is open for as long as it was told, within bounds', async () => {
    const guard = await guarded()
    server.tell((_, before) => ({ records: [{ a: `11.77.6.${before + 1}`, ttl: [0, 600, 1_000_000, 0xffff_ffff][before] ?? 0 }] }))
    const answers = []
    for (let times = 0; times < 4; times++) answers.push(await ask(guard, api))
    expect(answers.map((answer) => answer.addresses)).toEqual([['11.77.6.1'], ['11.77.6.2'], ['11.77.6.3'], ['11.77.6.4']])
    expect(answers.map((answer) => answer.ttls)).toEqual([[0], [600], [3600], [0]])
    const open = await opened(guard)
    for (const [address, seconds] of [['11.77.6.1', 90], ['11.77.6.2', 630], ['11.77.6.3', 3630], ['11.77.6.4', 90]] as const) {
      expect(open.get(address)).toBeLessThanOrEqual(seconds)
      expect(open.get(address)).toBeGreaterThan(seconds - 20)
    }
    // the same one anew, for longer
    tellRecords({ a: '11.77.6.1', ttl: 1200 })
    await ask(guard, api)
    expect((await opened(guard)).get('11.77.6.1')).toBeGreaterThan(1200)
  })

  it('may lead over other names, of which the guest hears nothing', async () => {
    const guard = await guarded()
    tellRecords({ cname: 'cdn.example.net', ttl: 30 }, { cname: 'edge.example.com', ttl: 20 }, { a: net.outside }, { a: '11.77.6.9' })
    expect(await ask(guard, api)).toEqual({ code: 0, addresses: [net.outside, '11.77.6.9'], ttls: [20, 20] })
    expect([...(await opened(guard)).keys()].sort()).toEqual(['11.77.6.9', net.outside].sort())
    expect(await ask(guard, 'cdn.example.net')).toMatchObject({ code: 3 })
    // no end of names is no address
    tellRecords(...Array.from({ length: 100 }, (_, at) => ({ cname: `n${at}.example.net` })))
    expect(await ask(guard, api)).toEqual({ code: 0, addresses: [], ttls: [] })
  })

  it.each(['127.0.0.1', '192.168.1.1', '169.254.169.254', '10.0.0.1', '100.100.100.200', '0.0.0.0', '255.255.255.255', net.gateway, net.inside, '11.77.9.9'])('never lead to %s, whoever’s they are', async (address) => {
    const guard = await network.startGuard({ ...policyFor({ tier: 'domains', names: [api], resolvers: [resolver] }), denied: ['11.77.9.0/24'] })
    guards.push(guard)
    tellRecords({ a: address })
    expect(await ask(guard, api)).toMatchObject({ code: 3, addresses: [] })
    tellRecords({ a: address }, { a: net.outside })
    expect(await ask(guard, api)).toMatchObject({ code: 0, addresses: [net.outside] })
    expect([...(await opened(guard)).keys()]).toEqual([net.outside])
    expect((await guard.channel.counters()).rebound.packets).toBe(2)
  })

  it('are asked elsewhere where nobody answers, and in vain where nobody does', async () => {
    const guard = await guarded({ resolvers: [silent, resolver] })
    tellRecords({ a: net.outside })
    expect(await ask(guard, api)).toMatchObject({ code: 0, addresses: [net.outside] })
    await guard.channel.setPolicy(policyFor({ tier: 'domains', names: [api], resolvers: [silent] }))
    expect(await ask(guard, api)).toMatchObject({ code: 2 })
    await guard.channel.setPolicy(policyFor({ tier: 'domains', names: [api], resolvers: [] }))
    expect(await ask(guard, api)).toMatchObject({ code: 2 })
    expect((await guard.channel.counters()).unanswered.packets).toBe(2)
  })

  it('survive every answer that is none, and are asked again', async () => {
    const guard = await guarded()
    const bad = (of: Buffer): Buffer[] => {
      const end = 12 + api.length + 2 + 4
      const head = (flags: number, answers: number): Buffer => {
        const bytes = Buffer.from(of.subarray(0, 12))
        bytes.writeUInt16BE(flags, 2)
        bytes.writeUInt16BE(answers, 6)
        bytes.writeUInt32BE(0, 8)
        return bytes
      }
      const asked = of.subarray(12, end)
      const record = (name: string, type: number, size: number, data: string): Buffer => Buffer.from(`${name}${type.toString(16).padStart(4, '0')}0001000000ff${size.toString(16).padStart(4, '0')}${data}`, 'hex')
      return [
        Buffer.alloc(0), of.subarray(0, 11), head(0x8180, 1), Buffer.alloc(4000, 0xc0), Buffer.alloc(4000, 0xff), of,
        // of another question, or of nobody's
        Buffer.concat([head(0x8180, 1), Buffer.from('0161027878000001', 'hex'), Buffer.from('0001', 'hex'), record('c00c', 1, 4, '0b4d0564')]),
        Buffer.concat([Buffer.from([(of[0] ?? 0) ^ 1]), head(0x8180, 1).subarray(1), asked, record('c00c', 1, 4, '0b4d0564')]),
      ]
    }
    const worse = (of: Buffer): Buffer[] => {
      const [head, asked] = [Buffer.from(of.subarray(0, 12)), of.subarray(12, 12 + api.length + 6)]
      head.writeUInt16BE(0x8180, 2)
      head.writeUInt32BE(0, 8)
      const whole = (answers: number, hex: string): Buffer => {
        const bytes = Buffer.from(head)
        bytes.writeUInt16BE(answers, 6)
        return Buffer.concat([bytes, asked, Buffer.from(hex, 'hex')])
      }
      return [
        // cut off in a name, in a record, in an address; a label of 64; a record longer than the message
        whole(1, ''), whole(1, '3f61'), whole(1, 'c0'), whole(1, 'c00c0001'), whole(1, 'c00c00010001000000ff00040b4d'), whole(1, `40${'61'.repeat(64)}0000010001000000ff00040b4d0564`),
        whole(1, 'c00c00010001000000ffffff0b4d0564'), whole(65_535, 'c00c00010001000000ff00040b4d0564'), whole(1, '3f'.padEnd(128, '6').repeat(30)),
      ]
    }
    for (const [at] of worse(question(api)).entries()) {
      server.tell((_, before, of) => before === 0 ? { bytes: [...bad(of), worse(of)[at] ?? of] } : { records: [{ a: net.outside }] })
      expect(await ask(guard, api), `answer ${at}`).toMatchObject({ code: 0, addresses: [net.outside] })
      expect([...(await opened(guard)).keys()], `answer ${at}`).toEqual([net.outside])
    }
    // one that points at itself is stepped over, an address of the wrong size is none, and what was cut off holds as far as it goes
    server.tell((_, __, of) => ({ bytes: [Buffer.concat([worse(of)[0]?.subarray(0, 12 + api.length + 6) ?? of, Buffer.from('c01c00010001000000ff00040b4d0564', 'hex')])] }))
    expect(await ask(guard, api)).toMatchObject({ addresses: [net.outside] })
    server.tell(() => ({ records: [{ a: net.outside }], isCut: true }))
    expect(await ask(guard, api)).toMatchObject({ addresses: [net.outside] })
    expect((await guard.channel.counters()).garbled.packets).toBeGreaterThan(40)
  })

  it('survive every question that is none', async () => {
    const guard = await guarded()
    tellRecords({ a: net.outside })
    const good = question(api)
    const change = (at: number, byte: number): Buffer => Buffer.from(good.map((old, index) => index === at ? byte : old))
    const answered = await askRaw(guard, [
      Buffer.alloc(0), Buffer.alloc(11), Buffer.alloc(512, 0xff), Buffer.alloc(600), good.subarray(0, -1), change(2, 0x81), change(2, 0x29), change(5, 2), change(7, 1), change(12, 0xc0), change(12, 0x40), change(12, 63),
      Buffer.concat([good.subarray(0, 12), Buffer.alloc(300, 1)]), Buffer.concat([good.subarray(0, 12), Buffer.from('c00c00010001', 'hex')]),
    ])
    expect(answered.map((answer) => readAnswer(answer).code).sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 4])
    expect(await ask(guard, api)).toMatchObject({ addresses: [net.outside] })
    expect((await guard.channel.counters()).garbled.packets).toBe(14)
  })

  it('are asked for no faster than a resolver is to be asked, and the guard goes on', async () => {
    const guard = await guarded()
    server.tell((_, before) => before % 2 === 0 ? { records: [{ a: net.outside }] } : null)
    const answers = await askRaw(guard, [question(api), question('secret.example.org')], { repeat: 5000, patienceMs: 3000 })
    expect(server.asked.length).toBeLessThan(400)
    expect(answers.length).toBeLessThan(1000)
    const counted = await guard.channel.counters()
    expect(counted.hurried.packets).toBeGreaterThan(8000)
    tellRecords({ a: net.outside })
    await until('a question is answered again', async () => (await ask(guard, api).catch(() => null))?.addresses.length === 1)
  })

  it('may change while somebody is connected, who stays so', async () => {
    const guard = await guarded()
    tellRecords({ a: net.outside })
    await ask(guard, api)
    const download = await network.runOn(guard.id, `nc ${net.outside} ${ports.source} > /dev/null`)
    await until('the download has begun', async () => (await guard.channel.counters()).in.bytes > 100_000)
    await guard.channel.apply({ kind: 'firewall', messages: transaction([emptySet('named')]) })
    const before = (await guard.channel.counters()).in.bytes
    await until('the download goes on', async () => (await guard.channel.counters()).in.bytes > before + 1_000_000)
    expect(await network.reached(guard.id, [[net.outside, 80]])).toEqual([])
    await download.remove()
  })

  it('end with the tier, and come back with it', async () => {
    const guard = await network.startGuard(policyFor({ tier: 'none' }))
    guards.push(guard)
    tellRecords({ a: net.outside })
    expect(await isSilent(guard)).toBe(true)
    const policy = policyFor({ tier: 'domains', names: [api], resolvers: [resolver] })
    await guard.channel.setPolicy(policy)
    expect(await ask(guard, api)).toMatchObject({ addresses: [net.outside] })
    await guard.channel.setPolicy(policyFor({ tier: 'none' }))
    expect(await isSilent(guard)).toBe(true)
    expect(await network.reached(guard.id, [[net.outside, 80]])).toEqual([])
    await guard.channel.setPolicy(policy)
    expect(await ask(guard, api)).toMatchObject({ addresses: [net.outside] })
  })

  it('of a lease’s services are told where the engine has none for them', async () => {
    const guard = await network.startGuard(policyFor({ tier: 'none' }))
    guards.push(guard)
    await guard.channel.setServices([{ name: 'db', address: '11.77.5.3' }, { name: 'Web.Internal', address: '11.77.5.4' }])
    expect(await ask(guard, 'db')).toEqual({ code: 0, addresses: ['11.77.5.3'], ttls: [5] })
    expect(await ask(guard, 'web.internal')).toMatchObject({ addresses: ['11.77.5.4'] })
    expect(await ask(guard, 'db', 28)).toEqual({ code: 0, addresses: [], ttls: [] })
    expect(await ask(guard, 'other')).toMatchObject({ code: 3 })
    await guard.channel.setServices([])
    expect(await isSilent(guard)).toBe(true)
  })

  it('cannot be taken over by a guest, and are no way for anybody from outside', async () => {
    const guard = await guarded()
    tellRecords({ a: net.outside })
    const script = `require('node:dgram').createSocket({ type: 'udp4', reuseAddr: true }).on('error', (error) => console.log(error.code)).bind(53, process.argv[1], function () { this.close() })`
    for (const address of ['127.0.0.1', '0.0.0.0']) {
      expect(await inNamespace(guard, script, address), address).toBe('EADDRINUSE\n')
    }
    const outside = createSocket('udp4').on('message', () => expect.unreachable('the guard answers to the outside'))
    outside.send(question(api), 53, net.guard)
    expect(await ask(guard, api)).toMatchObject({ addresses: [net.outside] })
    outside.close()
  })
})
