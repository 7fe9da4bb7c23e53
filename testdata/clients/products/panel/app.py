import panel as pn
pn.template.VanillaTemplate(title=f"Welcome {pn.state.user}").servable()
