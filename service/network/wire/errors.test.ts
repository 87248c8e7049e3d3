import { describe, expect, it } from 'vitest'
import { DepinError } from '../../../contract/errors.ts'
import { DeadlineError } from '../../base/index.ts'
import { ChannelError } from '../mux/types.ts'
import { CodecError } from './codec.ts'
import { toCallError, toWireError, WireError } from './errors.ts'
import { FramingError } from './inbox.ts'
import { NotSpokenError } from './select.ts'

describe('what a peer is told of an error', () => {
  it('is the code and the sentences', () => {
    const error = new DepinError('E_NOT_FOUND', 'There is no lease x.', { next: 'Look again.', details: { leaseId: 'x', count: 3, amount: 5n, nested: { a: 1 }, none: undefined } })
    expect(toWireError(error, '/p/1')).toEqual({ code: 'E_NOT_FOUND', message: 'There is no lease x.', next: 'Look again.', details: { leaseId: 'x', count: 3, amount: '5' } })
  })

  it('says nothing of what went wrong inside', () => {
    const told = JSON.stringify(toWireError(new Error('ENOENT /home/ada/.depin/key'), '/p/1'))
    expect(told).toContain('E_INTERNAL')
    expect(told).not.toMatch(/ENOENT|ada|stack/)
  })

  it.each([
    ['/home/ada/.local/share/depin/node.sqlite is full', '… is full'],
    ['Cannot read "/root/a b/c.txt".', 'Cannot read "…".'],
    [String.raw`C:\Users\Ada\depin\x is gone`, '… is gone'],
    ['see file:///tmp/x/y', 'see …'],
    ['half of 1/2 and n/a and docker.io/library/nginx stay', 'half of 1/2 and n/a and docker.io/library/nginx stay'],
    ['https://example.org/a/b stays', 'https://example.org/a/b stays'],
  ])('names no path: %s', (message, told) => {
    expect(toWireError(new DepinError('E_FILE', message), '/p/1').message).toBe(told)
  })

  it('can be read by the peer, whatever it was', () => {
    const odd = new DepinError('E_CONFLICT', 'x'.repeat(5000), { details: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'y'.repeat(900)])) })
    expect(WireError.safeParse(toWireError(odd, '/p/1')).success).toBe(true)
  })

  it('with a code of a newer version is still an error', () => {
    expect(WireError.parse({ code: 'E_FROM_THE_FUTURE', message: 'x' }).code).toBe('E_INTERNAL')
  })
})

describe('what a failed call means', () => {
  it.each<[Error, string]>([
    [new DeadlineError('x', 5000), 'E_DEADLINE'],
    [new FramingError('x', true), 'E_TOO_LARGE'],
    [new FramingError('x'), 'E_PEER_MISBEHAVED'],
    [new CodecError('x'), 'E_PEER_MISBEHAVED'],
    [new NotSpokenError('x'), 'E_REFUSED'],
    [new ChannelError('x'), 'E_PEER_UNREACHABLE'],
  ])('%s', (error, code) => {
    expect(toCallError(error, 'peer', '/p/1')).toMatchObject({ name: 'DepinError', code, cause: error })
  })

  it('is passed on when it is not about the peer', () => {
    const own = new Error('the caller changed its mind')
    expect(toCallError(own, 'peer', '/p/1')).toBe(own)
  })
})
