import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

type Violation = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'][number]

/** WCAG 2.2 AA, as far as a machine can tell. What holds is not described: that takes as long as to find out. */
const options = {
  resultTypes: ['violations'], runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
} satisfies Parameters<AxeBuilder['options']>[0]

declare global {
  // left in the page by whoever has looked at it before
  var axe: { run: (part: string, how: object) => Promise<{ violations: Violation[] }> } | undefined
}

export async function expectAccessible(page: Page, where: string, part = ':root'): Promise<void> {
  const violations = await lookAgain(page, part) ?? (await new AxeBuilder({ page }).include(part).setLegacyMode(true).options(options).analyze()).violations
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${where}: ${id} in ${html.slice(0, 160)} (${any[0]?.message ?? ''})`))).toEqual([])
}

/** To bring the program that looks takes longer than to look: null where this page does not have it yet. */
function lookAgain(page: Page, part: string): Promise<Violation[] | null> {
  return page.evaluate(async (what) => {
    return globalThis.axe === undefined ? null : (await globalThis.axe.run(what.part, what.options)).violations
  }, { part, options })
}

/** Nothing has to be scrolled sideways to be read. */
export async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate(() => {
    const main = document.querySelector('main')
    return { page: document.documentElement.scrollWidth - innerWidth, main: (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0) }
  })
  expect(overflow, where).toEqual({ page: 0, main: 0 })
}
