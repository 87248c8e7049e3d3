import { expect, test } from 'vitest'
import { Notes } from '../notes.ts'
import { type Source } from '../tree.ts'
import { parseYaml } from '../yaml/parse.ts'
import { checkSchema } from './validate.ts'

const source: Source = { path: 'compose.yaml', dir: '', lookup: () => undefined }

function errorsIn(text: string): string[] {
  const notes = new Notes()
  const file = parseYaml(text, source, notes, { values: 1000 })
  if (file?.kind === 'mapping') checkSchema(file, notes)
  return notes.report().errors.map(({ line, key, message }) => `${line} ${key}: ${message}`)
}

const service = (lines: string) => `services:\n  web:\n    image: x\n${lines.split('\n').map((line) => `    ${line}\n`).join('')}`

test.each<[string, RegExp[]]>([
  ['servics:\n  web: {image: x}\n', [/^1 servics: Compose knows no key “servics” here\. Did you mean `services`\?$/]],
  ['image: x\nservices: {}\n', [/^1 image: .*does not belong here, but to a service/]],
  [service('privilegd: true'), [/^4 services\.web\.privilegd: .*`privileged`/]],
  [service('dependsOn: [a]'), [/`depends_on`/]],
  [service('replicas: 2'), [/below `deploy:`/]],
  [service('colour: red'), [/Remove it, or begin its name with x-/]],
  [service('ports: 80'), [/^4 services\.web\.ports: `ports` must be a list/]],
  [service('command: [sleep, 10]'), [/^4 services\.web\.command\[1\]: `command\[1\]` must be a text\. Put it in quotes: "10"\.$/]],
  [service('restart: true'), [/must be a text\. Put it in quotes: "true"/]],
  [service('environment:\n  A: [1]'), [/^5 services\.web\.environment\.A: `A` must be a text, a number or `true` or `false`/]],
  [service('healthcheck:\n  test: {a: 1}'), [/^5 .*must be a text or a list/]],
  [service('depends_on:\n  db:\n    condition: healthy'), [/^6 .*must be `service_started`, `service_healthy` or `service_completed_successfully`/]],
  [service('depends_on:\n  db: {}'), [/^5 .*needs a line `condition:`/]],
  [service('env_file:\n  - pth: x'), [/needs a line `path:`/, /Did you mean `path`/]],
  [service('volumes:\n  - source: x'), [/^5 services\.web\.volumes\[0\]: .*needs a line `type:`/]],
  [service('cpu_percent: 200'), [/at most 100/]],
  ['services:\n  a b: {image: x}\n', [/^2 services\.a b: “a b” cannot be a name here/]],
  ['services:\n  web:\n', [/^2 services\.web: `web` must be a map.*nothing after the colon/]],
  ['services: []\n', [/^1 services: `services` must be a map/]],
])('%j', (text, messages) => {
  const errors = errorsIn(text)
  expect(errors).toHaveLength(messages.length)
  for (const [index, message] of messages.entries()) expect(errors[index]).toMatch(message)
})

test.each([
  service('ports: ["80", 80, {target: 80}]\nenvironment: [A=1, A=1]\ncpus: "0.5"\nx-note: anything'),
  'services:\n  web: {image: x, command: null, deploy: null}\nvolumes: {data: null}\nx-anything: [1]\n',
])('%j is a compose file', (text) => {
  expect(errorsIn(text)).toEqual([])
})
