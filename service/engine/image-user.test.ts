import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filesOfUser, resolveUser } from './image-user.ts'

const passwd = [
  'root:x:0:0:root:/root:/bin/sh', '# a comment', '', 'broken', 'app:x:1000:1001:An app:/:/bin/sh', 'app:x:7:7:again:/:/bin/sh', 'www-data:x:33:33:www:/var/www:/bin/false',
  'far:x:5000000000:1:::', 'below:x:-1:1:::', 'word:x:many:one:::', '2000:x:12:13:a number for a name:::', '  spaced:x:44:45:::  ',
].join('\n')
const group = 'root:x:0:\nstaff:x:50:app\nstaff:x:51:\nfar:x:5000000000:\n'

describe('who a container runs as', () => {
  it.each<[string, [number, number] | null]>([
    ['', [0, 0]], ['root', [0, 0]], ['0', [0, 0]], ['0:50', [0, 50]], [':staff', [0, 50]],
    ['app', [1000, 1001]], ['1000', [1000, 1001]], ['app:staff', [1000, 50]], ['app:77', [1000, 77]], ['33:staff', [33, 50]], ['www-data', [33, 33]],
    ['4321', [4321, 0]], ['4321:4322', [4321, 4322]], ['spaced', [44, 45]],
    // a number is an id, whoever is called so
    ['2000', [2000, 0]],
    // what should be a number and is none
    ['word', [0, 0]],
    ['nobody-here', null], ['app:nobody-here', null], ['far', null], ['below', null], ['app:far', null], ['5000000000', null], ['-5', null], ['2147483647', [2147483647, 0]], ['2147483648', null],
  ])('“%s”', (spec, ids) => {
    expect(resolveUser(spec, passwd, group)).toEqual(ids === null ? null : { uid: ids[0], gid: ids[1] })
  })

  it('is nobody in an image without users, unless it is a number', () => {
    expect(resolveUser('app', '', '')).toBeNull()
    expect(resolveUser('12:13', '', '')).toEqual({ uid: 12, gid: 13 })
  })

  it('is an id or nobody, whatever the image says', () => {
    fc.assert(fc.property(fc.string(), fc.string({ unit: fc.constantFrom('a', ':', '\n', '1', '-', '9', 'x') }), fc.string({ unit: fc.constantFrom('a', ':', '\n', '1', '9') }), (spec, users, groups) => {
      for (const name of [spec, 'a', '1', 'a:a']) {
        for (const id of Object.values(resolveUser(name, users, groups) ?? {})) expect(id).toSatisfy((value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 31)
      }
    }))
  })

  it('is read from no more files than it takes', () => {
    expect(['', '0', '0:5', 'app', '33', 'app:staff'].map((spec) => filesOfUser(spec).length)).toEqual([0, 0, 0, 1, 1, 2])
  })
})
