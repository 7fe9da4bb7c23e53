"use strict";
// A browser that keeps cookies of other sites from frames leaves this one out.
document.cookie = "authdrill_cookie_check=1; Max-Age=60" + (location.protocol === "https:" ? "; SameSite=None; Secure" : "");
location.replace(document.documentElement.dataset.next);
