import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import type { Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { editorHighlight, editorTheme } from './theme.ts'

export interface EditorNote {
  /** From 1; 0 for the file as a whole. */
  line: number
  message: string
  severity: 'error' | 'warning'
}

/** Asks the editor to go to a line; a new object asks again. */
export interface EditorJump {
  line: number
}

interface Props {
  /** What it begins with, and what it shows anew when `version` changes: in between the editor has the newer text. */
  text: string
  version: number
  label: string
  hint: string
  notes: readonly EditorNote[]
  jump: EditorJump | null
  onText: (text: string) => void
}

/**
 * CodeMirror in a shadow tree: its styles go in as style sheets, which a strict content policy allows where it forbids
 * `<style>`. Tab leaves the editor, as everywhere on the page.
 */
export function ComposeEditor({ text, version, label, hint, notes, jump, onText }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const latest = useRef({ text, onText })

  useEffect(() => {
    latest.current = { text, onText }
  }, [text, onText])

  useEffect(() => {
    if (host.current === null) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const made = new EditorView({
      root, parent: root,
      state: EditorState.create({ doc: latest.current.text, extensions: extensions(label, hint, (next) => latest.current.onText(next)) }),
    })
    view.current = made
    return () => {
      made.destroy()
      view.current = null
    }
  }, [label, hint])

  useEffect(() => {
    const current = view.current
    const wanted = latest.current.text
    if (current === null || current.state.doc.toString() === wanted) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: wanted } })
  }, [version])

  useEffect(() => {
    const current = view.current
    if (current !== null) current.dispatch(setDiagnostics(current.state, notes.map((note) => diagnostic(current.state.doc, note))))
  }, [notes, label, hint])

  useEffect(() => {
    const current = view.current
    if (jump === null || current === null) return
    const { from } = lineAt(current.state.doc, jump.line)
    current.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) })
    current.focus()
  }, [jump])

  return <div ref={host} dir="ltr" className="editor-box overflow-hidden rounded-md border border-line-strong focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus" />
}

function extensions(label: string, hint: string, onText: (text: string) => void) {
  return [
    lineNumbers(), lintGutter(), history(), drawSelection(), highlightActiveLine(), highlightActiveLineGutter(), indentOnInput(), bracketMatching(),
    yaml(), syntaxHighlighting(editorHighlight), editorTheme, placeholder(hint),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off' }),
    keymap.of([...defaultKeymap, ...historyKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onText(update.state.doc.toString())
    }),
  ]
}

function lineAt(doc: Text, line: number) {
  return doc.line(Math.min(Math.max(1, line), doc.lines))
}

/** The words of a line, without what stands before them. */
function diagnostic(doc: Text, { line, message, severity }: EditorNote): Diagnostic {
  const { from, to, text } = lineAt(doc, line)
  const indent = text.length - text.trimStart().length
  return { from: Math.min(from + indent, to), to, message, severity }
}
