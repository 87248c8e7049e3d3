import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** WCAG 2.2 AA, as far as a machine can tell. What holds is not described: that takes as long as to find out. */
export async function expectAccessible(page: Page, where: string, part = ':root'): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).setLegacyMode(true).options({ resultTypes: ['violations'] }).withTags(rules).analyze()
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${where}: ${id} in ${html.slice(0, 160)} (${any[0]?.message ?? ''})`))).toEqual([])
}

/** Nothing has to be scrolled sideways to be read. */
export async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate(() => {
    const main = document.querySelector('main')
    return { page: document.documentElement.scrollWidth - innerWidth, main: (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0) }
  })
  expect(overflow, where).toEqual({ page: 0, main: 0 })
}
