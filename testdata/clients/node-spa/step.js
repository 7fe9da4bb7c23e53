// What the pages share: buttons, and a line that says what came of each.

// say shows an outcome to a person and tells it to the app's server, for a test.
export async function say(text) {
  document.querySelector('output').textContent = text
  await fetch('/outcome', { method: 'POST', body: text, keepalive: true })
}

// refused is what an SDK says of an error, in its own words.
function refused(e) {
  const code = e.error ?? e.errorCode ?? e.code ?? e.name
  return `refused: ${code}: ${e.error_description ?? e.errorMessage ?? e.message}`
}

// attempt runs a step and says what came of it. A step that leaves the page has no
// outcome.
export async function attempt(name, step) {
  try {
    const outcome = await step()
    if (outcome !== undefined) await say(`${name}: ${outcome}`)
  } catch (e) {
    console.error(e)
    await say(`${name}: ${refused(e)}`)
  }
}

// steps makes a button of each step.
export function steps(all) {
  for (const [name, step] of Object.entries(all)) {
    const button = document.createElement('button')
    button.id = button.textContent = name
    button.onclick = () => attempt(name, step)
    document.querySelector('main').append(button)
  }
}

// begin says which library this is when a person opens the page. Where the page is
// the end of a redirect, it finishes the step that left it instead.
export async function begin(library, finish) {
  const step = sessionStorage.getItem('step')
  sessionStorage.removeItem('step')
  if (step) {
    await attempt(step, finish[step])
    return step
  }
  const { version } = await (await fetch(`/node_modules/${library}/package.json`)).json()
  await say(`library ${library} ${version}`)
}

// payload reads the claims of a token, nothing of an opaque one.
export function payload(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')))
  } catch { return undefined }
}

// leave remembers which step leaves the page.
export const leave = step => sessionStorage.setItem('step', step)

// renewed tells a fresh token from the one before.
export function renewed(before, after) {
  if (!after) return 'no token'
  return before === after ? 'the same token' : 'renewed'
}
