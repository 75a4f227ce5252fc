// Passkeys: make one, or come in with it. Without them the button stays hidden and a sentence says why.
(() => {
  const at = document.querySelector("[data-passkey]");
  if (!at) return;
  const button = at.querySelector("button"), said = at.querySelector("[role=status]");
  if (!window.PublicKeyCredential) { said.textContent = at.dataset.unable; return; }
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const encoded = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer || []))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const ask = async (path, body) => {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const make = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials) };
    const { rawId, response } = await navigator.credentials.create({ publicKey });
    return [rawId, { clientDataJSON: encoded(response.clientDataJSON), attestationObject: encoded(response.attestationObject) }];
  };
  const sign = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    return [rawId, { clientDataJSON: encoded(response.clientDataJSON), authenticatorData: encoded(response.authenticatorData), signature: encoded(response.signature), userHandle: encoded(response.userHandle) }];
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    try {
      const [rawId, response] = await (at.dataset.passkey === "make" ? make : sign)(await ask(at.dataset.options, {}));
      const id = encoded(rawId);
      const answer = await ask(at.dataset.finish, { id, rawId: id, type: "public-key", response });
      location.assign(answer.to);
    } catch {
      said.textContent = at.dataset.failed;
      button.disabled = false;
    }
  });
})();
