import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from './program.ts'
import { createTestIo, runCli } from './testing/test-io.ts'

const nowhere = ['--data-dir', '/nonexistent/depin']

describe('a wrong command line', () => {
  it.each([
    ['stauts', /unknown command 'stauts'\W+Did you mean status/],
    ['status --wat', /unknown option '--wat'/],
    ['status extra', /“extra” is not known here/],
    ['serve --http 4848', /--http .*“?4848.*Write it like 127.0.0.1:4848/],
    ['serve --listen 0.0.0.0:1', /--listen .*\/ip4\/0.0.0.0\/tcp\/4001/],
    ['serve --bootstrap x', /--bootstrap /],
    ['serve --engine tcp://1.2.3.4', /--engine /],
    ['serve --log loud', /--log .*Allowed choices are debug/],
    ['serve --http', /--http .*argument missing/],
    ['engine install --platform macos', /Another platform can only be looked at.*\nAdd --dry-run/],
    ['engine bogus', /“bogus” is not known here|unknown command/],
    ['share set', /Nothing to set/],
    ['share set --cpu many', /--cpu .*“many” is not a number of cores/],
    ['share set --memory 1XB', /--memory .*“1XB” is not a size/],
    ['share set --price gpu=1', /--price .*“gpu=1” is not a price/],
    ['share set --grace soon', /--grace .*“soon” is not a duration/],
    ['share set --region Tanzania', /--region .*ISO code/],
    ['images deny nginx', /registry:HOST/],
    ['images only-allowed maybe', /on or off/],
    ['images subscribe list.json', /--key/],
    ['guests evidence shop', /whole name of a guest/],
    ['share pause', /missing required argument 'duration'/],
    ['share pause soon', /duration/],
    ['share bogus', /“bogus” is not known here|unknown command/],
    ['engine instal', /“instal” is not known here/],
    ['images follow x', /“follow” is not known here/],
    ['status now', /“now” is not known here/],
    ['validate', /missing required argument 'file'/],
    ['quote', /missing required argument 'file'/],
    ['deploy', /missing required argument 'file'/],
    ['deploy f --name Shop', /--name .*lower-case/],
    ['deploy f --max-price cheap', /--max-price .*“cheap” is not an amount/],
    ['deploy f --provider me', /--provider .*Not a peer id/],
    ['deploy f --wait --timeout 5', /--timeout .*“5” is not a duration/],
    ['ps Shop', /lower-case/],
    ['rm', /missing required argument 'name'/],
    ['logs', /missing required argument 'name'/],
    ['logs shop --tail -1', /--tail .*whole number|unknown option/],
    ['logs shop --tail 10001', /--tail .*from 0 to 10000/],
    ['forward shop', /missing required argument 'service:port'/],
    ['forward shop web', /SERVICE:PORT/],
    ['forward shop web:80 --local 0', /--local .*from 1 to 65535/],
    ['invite --valid forever', /--valid /],
    ['join', /missing required argument 'link'/],
    ['update --channel nightly', /--channel.*nightly.*\nIt is latest or beta/],
    ['update --feed ftp://x', /--feed.*not an address/],
  ])('depin %s', async (line, message) => {
    const argv = [...line.split(' '), ...nowhere]
    const { exitCode, stdout, stderr } = await runCli(argv)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^depin: E_USAGE: /)
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('    at ')
    const inJson = await runCli([...argv, '--json'])
    expect(inJson.exitCode).toBe(2)
    expect((JSON.parse(inJson.stderr) as { error: { code: string } }).error.code).toBe('E_USAGE')
  })
})

describe('without a service', () => {
  it.each([
    'status', 'stop', 'share', 'share on', 'share off', 'share pause 1h', 'share resume', 'share set --cpu 1', 'ps', 'ps shop', 'rm shop', 'logs shop', 'forward shop web:80',
    'words', 'guests', `guests evidence ${'a'.repeat(32)}`, `guests end ${'a'.repeat(32)} --yes`, 'earnings', 'receipts', 'invite', 'join depin:x', 'peers', 'activity',
  ])('depin %s says how to start one', async (line) => {
    const argv = [...line.split(' '), ...nowhere]
    expect(await runCli(argv)).toEqual({ exitCode: 1, stdout: '', stderr: 'depin: E_NOT_RUNNING: No service is running in /nonexistent/depin.\nStart one: depin serve\n' })
    expect(JSON.parse((await runCli(['--json', ...argv])).stderr)).toEqual({
      error: { code: 'E_NOT_RUNNING', message: 'No service is running in /nonexistent/depin.', next: 'Start one: depin serve', details: { dataDir: '/nonexistent/depin' } },
    })
  })
})

describe('help', () => {
  const commands = (command: Command, path: string[] = []): string[][] => command.commands.flatMap((child) => [[...path, child.name()], ...commands(child, [...path, child.name()])])
  const all = commands(createProgram(createTestIo(), { exitCode: 0 }))

  it('knows every verb', () => {
    expect(all.filter((path) => path.length === 1).map(([verb]) => verb).toSorted()).toEqual([
      'activity', 'deploy', 'doctor', 'earnings', 'engine', 'forward', 'guests', 'images', 'invite', 'join', 'logs', 'panic', 'peers', 'ps', 'quote', 'receipts', 'restore', 'rm', 'serve', 'share', 'status', 'stop', 'update', 'validate', 'words',
    ])
  })

  it.each(all.map((path) => [path.join(' '), path] as const))('of depin %s is on standard output, with its global options', async (_, path) => {
    const { exitCode, stdout, stderr } = await runCli([...path, '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`Usage: depin ${path.join(' ')}`)
    expect(stdout).toContain('--data-dir')
    expect(stdout).toContain('--json')
    if (path.length === 1) expect(stdout).toContain(`Examples:\n  $ `)
  })

  it('comes by itself when nothing was asked, as an error', async () => {
    const { exitCode, stdout, stderr } = await runCli([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('Usage: depin')
  })

  it('has a version beside it', async () => {
    expect(await runCli(['--version'])).toEqual({ exitCode: 0, stdout: 'unbuilt\n', stderr: '' })
  })
})
