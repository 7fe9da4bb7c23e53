"use strict";
const there = document.cookie.split("; ").includes("authdrill_cookie_check=1");
document.cookie = "authdrill_cookie_check=; Max-Age=0" + (location.protocol === "https:" ? "; SameSite=None; Secure" : "");
parent.postMessage(there ? "supported" : "unsupported", "*"); // it is no secret, and any app may ask
