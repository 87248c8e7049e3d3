import { expect, test } from './fixtures.ts'

test('every check says what was found, and a report shows itself before it is copied', async ({ open, town: { host } }) => {
  const dashboard = await open(host, '/diagnostics')
  const checks = dashboard.card('Checks')
  await expect(checks.getByRole('listitem')).not.toHaveCount(0)
  await dashboard.main.getByRole('button', { name: 'Run all checks' }).click()
  await expect(checks).toContainText('There is enough free space.')
  await dashboard.main.getByRole('button', { name: 'Show the report' }).click()
  const report = dashboard.card('Report').locator('pre')
  await expect(report).toContainText('Engine: ready')
  expect(await report.innerText()).not.toMatch(/12D3Koo|\/tmp\/|127\.0\.0\.1|study-pc/)
})

test('the isolation is tested from inside a guest', async ({ open, town: { host } }) => {
  const dashboard = await open(host, '/diagnostics')
  const attack = dashboard.card('Test the isolation')
  await attack.getByRole('button', { name: 'Test the isolation' }).click()
  await expect(attack).toContainText('all is as it should be', { timeout: 60_000 })
  await expect(attack.getByRole('row').filter({ hasText: 'Refused' })).not.toHaveCount(0)
})

test('without an engine it leads to one', async ({ open, start }) => {
  const dashboard = await open(await start('--engine', 'none'), '/diagnostics')
  await dashboard.card('Checks').getByRole('link', { name: 'Install the engine' }).click()
  await expect(dashboard.main.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})
