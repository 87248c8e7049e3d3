import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner, idOf, verifyRecord } from './index.ts'

const tenant = createSigner(new Uint8Array(32).fill(7))
const other = createSigner(new Uint8Array(32).fill(8))
const voucher = tenant.sign('voucher', { channelId: 'a'.repeat(32), cumulativeMicro: 1_500_000n, notBeforeMs: 0, memo: new Uint8Array(32) })

describe('signed records', () => {
  it('have fixed bytes: a change here breaks every peer', () => {
    expect({
      peerId: tenant.peerId,
      body: Buffer.from(voucher.signed.body).toString('hex'),
      signature: Buffer.from(voucher.signed.signature).toString('hex'),
      id: idOf(voucher.hash),
    }).toMatchSnapshot()
  })

  it('are accepted as signed, amounts as bigint', () => {
    expect(verifyRecord('voucher', voucher.signed, tenant.peerId).record.cumulativeMicro).toBe(1_500_000n)
  })

  it('are refused under another signer, another type, or another encoding of the same record', () => {
    const refused = { code: 'E_SIGNATURE' }
    expect(() => verifyRecord('voucher', voucher.signed, other.peerId)).toThrow(expect.objectContaining(refused))
    expect(() => verifyRecord('receipt', voucher.signed, tenant.peerId)).toThrow(expect.objectContaining(refused))
    const record = dagCbor.decode<Record<string, unknown>>(voucher.signed.body)
    const loose = Uint8Array.from([...voucher.signed.body, 0])
    expect(() => verifyRecord('voucher', { body: loose, signature: tenant.countersign('voucher', loose) }, tenant.peerId)).toThrow(expect.objectContaining(refused))
    const extra = dagCbor.encode({ ...record, extra: 1 })
    expect(() => verifyRecord('voucher', { body: extra, signature: tenant.countersign('voucher', extra) }, tenant.peerId)).toThrow(expect.objectContaining(refused))
  })

  it('no mutation of a valid one is accepted', () => {
    const whole = Buffer.concat([voucher.signed.body, voucher.signed.signature])
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(whole)
      changed[at] = changed[at]! ^ flip
      const split = voucher.signed.body.length
      expect(() => verifyRecord('voucher', { body: changed.slice(0, split), signature: changed.slice(split) }, tenant.peerId)).toThrow()
    }), { numRuns: 2000 })
  })

  it('cannot be made with an amount that is not one', () => {
    for (const cumulativeMicro of [-1n, 2n ** 63n, 1.5, Number.NaN]) {
      expect(() => tenant.sign('voucher', { channelId: 'a'.repeat(32), cumulativeMicro, notBeforeMs: 0, memo: new Uint8Array(32) })).toThrow()
    }
  })
})
