package dialectfile

import "strconv"

// Paging is how a request chooses a page of a list.
type Paging struct {
	Page    string `json:"page" required:"true" doc:"the parameter with the number of the page, from 1"`
	Size    string `json:"size" required:"true" doc:"the parameter with the number of items on a page"`
	Default int    `json:"default" required:"true" min:"1" doc:"items on a page of a request without it"`
	Most    int    `json:"most" required:"true" min:"1" doc:"items on a page at most"`
}

// Part returns the items of a page, its number, and that of the last one.
func (p *Paging) Part(list []any, parameter func(string) string) (items []any, page, last int) {
	size := min(numberOr(parameter(p.Size), p.Default), p.Most)
	page, last = numberOr(parameter(p.Page), 1), max(1, (len(list)+size-1)/size)
	if page > last {
		return []any{}, page, last
	}
	return list[(page-1)*size : min(page*size, len(list))], page, last
}

// numberOr returns the positive number that a text is, else another one.
func numberOr(text string, other int) int {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return n
	}
	return other
}
