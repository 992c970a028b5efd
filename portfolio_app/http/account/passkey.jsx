// In the browser because a device answers the page that asks it, and nobody else.
import { useEffect, useState } from "react";

async function answerOf(options, makes) {
  const parse = window.PublicKeyCredential?.[makes ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"];
  if (!parse) throw new Error("This browser knows no passkeys.");
  const asked = await fetch(options, { method: "POST" });
  const told = await asked.json();
  if (!asked.ok) throw new Error(told.error.text);
  const publicKey = parse.call(PublicKeyCredential, told);
  const found = navigator.credentials[makes ? "create" : "get"]({ publicKey });
  return JSON.stringify(await found.catch(() => Promise.reject(new Error("No passkey was used."))));
}

/** Puts a device's answer into the form with this id before it is sent; says so if there is none. */
export function Passkey({ form, options, makes }) {
  const [words, say] = useState("");
  useEffect(() => {
    const at = document.getElementById(form);
    const ask = (event) => {
      event.preventDefault();
      const send = (answer) => ((at.elements.answer.value = answer), at.submit());
      answerOf(options, makes).then(send, (error) => say(error.message));
    };
    at.addEventListener("submit", ask);
    return () => at.removeEventListener("submit", ask);
  }, []);
  return words;
}
