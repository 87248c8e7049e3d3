import { expect, test } from 'vitest'
import { parsePort } from './ports.ts'

test.each<[string, number[], string, boolean]>([
  ['80', [80], 'tcp', false], ['8080:80', [80], 'tcp', true], ['127.0.0.1:8080:80', [80], 'tcp', true],
  ['[::1]:8080:80/tcp', [80], 'tcp', true], ['127.0.0.1::80', [80], 'tcp', true], ['22:22', [22], 'tcp', true],
  ['53:53/udp', [53], 'udp', true], ['3000-3002', [3000, 3001, 3002], 'tcp', false], ['9090-9091:8080-8081', [8080, 8081], 'tcp', true],
  [':80', [80], 'tcp', true], ['::80', [80], 'tcp', true], ['localhost:80:80', [80], 'tcp', true],
])('%s', (text, ports, protocol, published) => {
  expect(parsePort(text)).toEqual({ ports, protocol, published })
})

test.each(['', ':', 'web', '0', '70000', '80-79', '80:', '80/', 'a:b:c', '80:80:80:80', '-1', '1e3'])('%s is no port', (text) => {
  expect(parsePort(text)).toBeUndefined()
})
