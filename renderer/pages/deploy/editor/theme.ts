import { HighlightStyle } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** The editor in the design's tokens, which reach into its shadow tree by inheritance. */
export const editorTheme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--c-surface)', color: 'var(--c-text)', fontSize: 'var(--text-small)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.375rem' },
  '.cm-content': { caretColor: 'var(--c-text)', padding: 'var(--s-3) 0' },
  '.cm-cursor': { borderLeftColor: 'var(--c-text)' },
  '.cm-line': { padding: '0 var(--s-3)' },
  '.cm-gutters': { backgroundColor: 'var(--c-well)', color: 'var(--c-text-3)', border: 'none', borderInlineEnd: '1px solid var(--c-line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--c-hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--c-selected)' },
  '.cm-placeholder': { color: 'var(--c-text-3)' },
  '.cm-tooltip': { backgroundColor: 'var(--c-surface)', color: 'var(--c-text)', border: '1px solid var(--c-line)', borderRadius: 'var(--r-sm)', boxShadow: 'var(--e-2)', fontFamily: 'var(--font-sans)' },
  '.cm-diagnostic': { padding: 'var(--s-2) var(--s-3)', whiteSpace: 'pre-wrap', maxWidth: '24rem' },
  '.cm-diagnostic-error': { borderInlineStart: '3px solid var(--c-clay)' },
  '.cm-diagnostic-warning': { borderInlineStart: '3px solid var(--c-sun)' },
  '.cm-lint-marker': { content: 'none', width: '0.5rem', height: '0.5rem', margin: '0.4375rem 0.125rem', borderRadius: '50%' },
  '.cm-lint-marker-error': { content: '""', backgroundColor: 'var(--c-clay)' },
  '.cm-lint-marker-warning': { content: '""', backgroundColor: 'var(--c-sun)' },
  '.cm-lintRange': { backgroundImage: 'none', textDecorationThickness: '1.5px', textUnderlineOffset: '3px' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--c-clay)' },
  '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--c-sun-text)' },
})

export const editorHighlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--c-primary-text)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--c-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--c-lagoon-text)' },
  { tag: [tags.comment, tags.lineComment, tags.meta], color: 'var(--c-text-3)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--c-text-2)' },
])
